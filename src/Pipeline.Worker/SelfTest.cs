using System.Diagnostics;
using System.Text;
using Pipeline.Documents;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.KvStore;
using Pipeline.Models;
using Pipeline.Worker.Analyze;
using Pipeline.Worker.Models;

namespace Pipeline.Worker;

/// <summary>
/// <c>--self-test</c>: does this image do what its roles need? Run while the image is built, and by hand on the machine it is to run on
/// (with <c>Worker__Provider=cuda</c> there, since no GPU is at hand while an image is built). No storage is touched.
/// </summary>
internal static class SelfTest
{
    private const string Text = "The lease begins on 1 May 2024. The monthly rent is 950 euros. The tenant is Ada Byron.";

    /// <returns>0 if all is well; else 1, and the reason on standard error.</returns>
    public static async Task<int> RunAsync(WorkerOptions options, string? model)
    {
        try
        {
            if (options.Has("extract")) await ExtractAsync(options);
            if (options.Has("analyze")) Analyze(options, model ?? "smollm2-135m-docqa");
            return 0;
        }
        catch (Exception e) when (e is InferenceException or ModelFolderException or SelfTestException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"Self-test failed: {e.Message}");
            return 1;
        }
    }

    private static async Task ExtractAsync(WorkerOptions options)
    {
        await using var extractor = new DocumentExtractor(options.Extraction());
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(Text));
        var extracted = await extractor.ExtractAsync(content, "self-test.txt", "text/plain", password: null, CancellationToken.None);
        if (extracted.Outcome != ExtractionOutcome.Ok) throw new SelfTestException($"The parser process did not read a text file: {extracted.Problem?.Detail ?? extracted.Outcome.ToString()}");
        var languages = await TesseractLanguagesAsync();
        if (options.OcrLanguages.Split('+').Except(languages, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new SelfTestException($"tesseract lacks the language {missing}. Install its data (Debian: tesseract-ocr-{missing.Replace('_', '-')}), or set Worker__OcrLanguages; it has {string.Join(", ", languages)}.");
        }

        Console.WriteLine($"extract: parsers answer; tesseract reads {options.OcrLanguages}");
    }

    private static async Task<IReadOnlyList<string>> TesseractLanguagesAsync()
    {
        try
        {
            using var tesseract = Process.Start(new ProcessStartInfo("tesseract", "--list-langs") { RedirectStandardOutput = true, UseShellExecute = false })!;
            var lines = (await tesseract.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            await tesseract.WaitForExitAsync();
            return [.. lines.Skip(1)];
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SelfTestException("tesseract is not on the PATH, so scanned pages could not be read. Install tesseract-ocr, or set Worker__Roles=analyze.", e);
        }
    }

    private static void Analyze(WorkerOptions options, string name)
    {
        var model = new KnownModel(ModelFolder.Open(Path.Combine(options.ModelsFolder, name)), options.CacheElementBytes);
        var prompt = model.Prompt(null);
        using var engines = new EngineHolder(options);
        var started = Stopwatch.GetTimestamp();
        var engine = engines.For(model, new KvDocumentIdentity("self-test", "self-test"));
        using var session = engine.Read(prompt.EncodeDocument(Text).Tokens, new ReadOptions(), null, CancellationToken.None);
        var answers = session.Answer([new QuestionTokens(prompt.EncodeQuestion("What is the monthly rent?"))], new GenerationOptions { MaxTokens = 16, StopTokens = prompt.StopTokens.ToHashSet() }, null, CancellationToken.None);
        var text = prompt.Tokenizer.Decode(answers[0].Tokens).Trim();
        if (text.Length == 0) throw new SelfTestException($"The engine {engine.Name} gave an empty answer.");
        var runtimes = LoadedRuntimes();
        if (runtimes.Count != 1) throw new SelfTestException($"This process has loaded {runtimes.Count} copies of ONNX Runtime: {string.Join(", ", runtimes)}. Keep one.");
        Console.WriteLine($"analyze: {engine.Name} on {options.Provider} answers \"{text}\" in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, with {runtimes.Single()}");
    }

    private static HashSet<string> LoadedRuntimes()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Select(m => m.FileName)
            .Where(f => Path.GetFileName(f).StartsWith("libonnxruntime.", StringComparison.Ordinal) || Path.GetFileName(f).Equals("onnxruntime.dll", StringComparison.OrdinalIgnoreCase))
            .ToHashSet(StringComparer.Ordinal);
    }

    private sealed class SelfTestException(string message, Exception? inner = null) : Exception(message, inner);
}
