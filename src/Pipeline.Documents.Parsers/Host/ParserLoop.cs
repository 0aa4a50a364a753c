using System.Text;
using System.Text.Json;
using Pipeline.Documents.Parsers.Ocr;
using Pipeline.Documents.Protocol;

namespace Pipeline.Documents.Parsers.Host;

/// <summary>Reads requests from standard input until it ends, parses each, and answers on standard output.</summary>
internal static class ParserLoop
{
    /// <summary>Room for the recursion of parser libraries; the nesting limits refuse what would need more.</summary>
    private const int StackBytes = 128 * 1024 * 1024;

    public static async Task<int> RunAsync()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var input = Console.OpenStandardInput();
        var output = new FrameWriter(Console.OpenStandardOutput());
        // A library that prints must not break the frames.
        Console.SetOut(TextWriter.Null);
        output.Write(FrameKind.Ready, default);

        var request = await ReadRequestAsync(input);
        while (request is { } current)
        {
            var answer = ParseOnOwnThread(current.Request, current.Content, output);
            // The next frame is awaited meanwhile: the end of the input means that the parent is gone, however long parsing would take.
            var next = ReadRequestAsync(input);
            if (await Task.WhenAny(answer, next) == next && await next is null)
            {
                TesseractProcess.KillAll();
                Environment.Exit(0);
            }

            output.Write(FrameKind.Result, await answer);
            request = await next;
        }

        return 0;
    }

    private static Task<byte[]> ParseOnOwnThread(ExtractionRequest request, byte[] content, FrameWriter output)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    var context = new ParseContext(request, () => output.Write(FrameKind.OcrPage, default));
                    var document = DocumentParser.Parse(new DocumentSource(content, request.Name, request.ClaimedMediaType), context);
                    answer.SetResult(document.ToJson());
                }
                catch (Exception e)
                {
                    // Only writing the answer can fail here; the message goes to the parent's record of this process.
                    Console.Error.WriteLine(e.GetType().Name + ": " + e.Message);
                    Environment.Exit(3);
                }
            },
            StackBytes)
        { IsBackground = true };
        thread.Start();
        return answer.Task;
    }

    private static async Task<(ExtractionRequest Request, byte[] Content)?> ReadRequestAsync(Stream input)
    {
        const int requestBytes = 1024 * 1024;
        if (await Frames.ReadAsync(input, requestBytes, default) is not { Kind: FrameKind.Request } frame)
        {
            return null;
        }

        var request = JsonSerializer.Deserialize(frame.Payload, ExtractionJson.Default.ExtractionRequest)!;
        using var content = new MemoryStream();
        while (await Frames.ReadAsync(input, Frames.ContentBytes, default) is { Kind: not FrameKind.EndOfContent } part)
        {
            content.Write(part.Payload);
        }

        return (request, content.ToArray());
    }
}
