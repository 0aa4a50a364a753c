using System.Globalization;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvReader;
using Pipeline.Inference.KvStore;
using Pipeline.Inference.KvStore.Files;
using Pipeline.Models;

// Reads a document of random tokens into a KV store, as a process that a test can kill:
//   KvReader MODEL STORE TOKENS SEED CHUNK [STEP]
// With STEP, it kills itself (SIGKILL) right before the file change of that number. Writes "read N" after each chunk is read, and
// "done STEPS" at the end.
var number = (int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
var folder = ModelFolder.Open(args[0]);
var files = new SelfKillingFileLayer(DiskFileLayer.Instance, args.Length > 5 ? number(5) : int.MaxValue);
var store = KvBlockStore.Open(new KvStoreOptions { Directory = args[1], Files = files, OnWarning = Console.Error.WriteLine });
using (var persistence = new KvPersistence(store, folder, new KvPersistenceOptions { Engine = "native", OnWarning = Console.Error.WriteLine }))
using (var engine = NativeEngine.Load(folder, new NativeEngineOptions { Threads = 2, Persistence = persistence }))
{
    var random = new Random(number(3));
    int[] tokens = [.. Enumerable.Range(0, number(2)).Select(_ => random.Next(folder.Config.VocabSize))];
    using var session = engine.Read(tokens, new ReadOptions { ChunkTokens = number(4) }, progress => Console.WriteLine($"read {progress.TokensRead}"), CancellationToken.None);
}

Console.WriteLine($"done {files.Steps}");
