using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Local.Durable;

/// <summary>Workflow instances, their histories, waiting messages and activities in one SQLite file. Every change is one transaction.</summary>
internal sealed class HistoryDatabase : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS instances (id TEXT PRIMARY KEY, name TEXT NOT NULL, execution TEXT NOT NULL, status INTEGER NOT NULL, input TEXT, output TEXT, custom TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS history (instance TEXT NOT NULL, seq INTEGER NOT NULL, event BLOB NOT NULL, PRIMARY KEY (instance, seq)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, due INTEGER NOT NULL, event BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS messages_due ON messages (due);
        CREATE TABLE IF NOT EXISTS activities (id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL, name TEXT NOT NULL, input TEXT);
        CREATE TABLE IF NOT EXISTS seen (name TEXT NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (name, etag)) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    public HistoryDatabase(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        Write(t => t.Execute(Schema), transaction: false);
    }

    /// <summary>Runs <paramref name="change"/> whole or not at all.</summary>
    public void Write(Action<Statements> change, bool transaction = true)
    {
        lock (gate)
        {
            using var scope = transaction ? connection.BeginTransaction() : null;
            change(new Statements(connection, scope));
            scope?.Commit();
        }
    }

    public T Read<T>(Func<Statements, T> query)
    {
        lock (gate) return query(new Statements(connection, null));
    }

    public bool HasSeen(string name, string etag) => Read(s => s.Query("SELECT 1 FROM seen WHERE name = $p0 AND etag = $p1", _ => true, name, etag).Count > 0);

    public void MarkSeen(string name, string etag) => Write(s => s.Execute("INSERT OR IGNORE INTO seen VALUES ($p0, $p1)", name, etag));

    public InstanceRow? Find(string id) => Read(s => Find(s, id));

    public static InstanceRow? Find(Statements statements, string id)
        => statements.Query("SELECT id, name, execution, status, input, output, custom, created, updated FROM instances WHERE id = $p0", InstanceRow.From, id).FirstOrDefault();

    public static void Enqueue(Statements statements, string instance, HistoryEvent message, long due)
        => statements.Execute("INSERT INTO messages (instance, due, event) VALUES ($p0, $p1, $p2)", instance, due, message.ToByteArray());

    public static IReadOnlyList<HistoryEvent> History(Statements statements, string instance)
        => statements.Query("SELECT event FROM history WHERE instance = $p0 ORDER BY seq", r => HistoryEvent.Parser.ParseFrom((byte[])r[0]), instance);

    public static void Append(Statements statements, string instance, IEnumerable<HistoryEvent> events)
    {
        var next = statements.Query("SELECT COALESCE(MAX(seq), -1) + 1 FROM history WHERE instance = $p0", r => r.GetInt64(0), instance)[0];
        foreach (var e in events) statements.Execute("INSERT INTO history VALUES ($p0, $p1, $p2)", instance, next++, e.ToByteArray());
    }

    public static void SetStatus(Statements statements, string instance, OrchestrationStatus status, string? output, string? custom, long now)
        => statements.Execute("UPDATE instances SET status = $p1, output = $p2, custom = $p3, updated = $p4 WHERE id = $p0", instance, (int)status, output, custom, now);

    /// <summary>Removes everything about an instance.</summary>
    public static void Forget(Statements statements, string instance)
    {
        foreach (var table in (string[])["history", "messages", "activities"]) statements.Execute($"DELETE FROM {table} WHERE instance = $p0", instance);
        statements.Execute("DELETE FROM instances WHERE id = $p0", instance);
    }

    public void Dispose() => connection.Dispose();
}
