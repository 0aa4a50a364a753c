using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Verification;

namespace Pipeline.Inference.Tests.Verification;

public sealed class ModelVerifierTests
{
    public static TheoryData<string> Models => [.. TestModels.AllTiny];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_tiny_architecture_equals_its_oracle(string name)
    {
        using NativeEngine engine = NativeEngine.Load(TestModels.OpenTiny(name), new NativeEngineOptions { Threads = 2 });
        VerificationReport report = new ModelVerifier(engine).Verify(ModelOracle.Load(TestModels.Tiny(name))!, longestCase: 5000, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
        Assert.True(report.Passed, report.ToString());
    }
}
