using Microsoft.Data.Sqlite;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Local.Durable;

/// <summary>SQL with its parameters $p0, $p1, ….</summary>
internal readonly struct Statements(SqliteConnection connection, SqliteTransaction? transaction)
{
    public int Execute(string sql, params ReadOnlySpan<object?> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object?> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The texts are constants of this project; values go in as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters.Length; i++) command.Parameters.AddWithValue($"$p{i}", parameters[i] ?? DBNull.Value);
        return command;
    }
}

/// <summary>A workflow instance; times in Unix milliseconds.</summary>
internal sealed record InstanceRow(string Id, string Name, string Execution, OrchestrationStatus Status, string? Input, string? Output, string? Custom, long Created, long Updated)
{
    public static InstanceRow From(SqliteDataReader r)
        => new(r.GetString(0), r.GetString(1), r.GetString(2), (OrchestrationStatus)r.GetInt32(3), Text(r, 4), Text(r, 5), Text(r, 6), r.GetInt64(7), r.GetInt64(8));

    public bool IsRunning => Status is OrchestrationStatus.Running or OrchestrationStatus.Pending;

    private static string? Text(SqliteDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
}
