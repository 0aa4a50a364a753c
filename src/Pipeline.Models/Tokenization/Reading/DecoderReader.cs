using Pipeline.Models.Tokenization.Decoding;

namespace Pipeline.Models.Tokenization.Reading;

internal static class DecoderReader
{
    public static Func<TextStage, DecodeStage> Read(JsonSection section)
    {
        if (!section.Exists)
        {
            return text => new JoinBySpaceStage(text);
        }

        var makers = new List<Func<DecodeStage, DecodeStage>>();
        var fused = false;
        foreach (var step in Flatten(section))
        {
            if (step.Type() == "Fuse")
            {
                fused = true;
                continue;
            }

            makers.Add(ReadStep(step, fused));
        }

        makers.Reverse();
        return text => makers.Aggregate((DecodeStage)text, (next, make) => make(next));
    }

    private static IEnumerable<JsonSection> Flatten(JsonSection section) =>
        section.Type() == "Sequence" ? section.List("decoders").SelectMany(Flatten) : [section];

    private static Func<DecodeStage, DecodeStage> ReadStep(JsonSection step, bool fused)
    {
        switch (step.Type())
        {
            case "ByteLevel":
                return next => new ByteLevelStage(next);
            case "ByteFallback":
                return next => new ByteFallbackStage(next);
            case "Replace" when !fused && step.Pattern() is { Literal: { } literal }:
                var content = step.String("content") ?? throw step.Missing("content");
                return next => new ReplaceStage(literal, content, next);
            case "Metaspace":
                var (mark, scheme) = (PreTokenizerReader.ReadMark(step), PreTokenizerReader.ReadScheme(step));
                return next => new MetaspaceStage(mark, scheme, next);
            case "Strip" when step.RequiredInt("stop") == 0 && step.String("content") is [var character]:
                var count = step.RequiredInt("start");
                return next => new StripStartStage(character, count, fused, next);
            default:
                throw step.Unsupported($"the decoder {step.Type()} as it is set");
        }
    }
}
