using Pipeline.Inference.Verification;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Engines;

/// <summary>A tiny model with its oracle.</summary>
internal sealed record TinyOracle(ModelFolder Folder, ModelOracle Oracle)
{
    /// <summary>All folders but the two whose contexts are long.</summary>
    internal static IEnumerable<string> ShortNames => TestModels.AllTiny.Where(n => n is not ("llama-16k" or "nope-262k"));

    internal OracleCase[] Cases => Oracle.Cases;

    internal static TinyOracle Load(string name)
    {
        var folder = TestModels.OpenTiny(name);
        return new TinyOracle(folder, ModelOracle.Load(folder.Path)!);
    }
}
