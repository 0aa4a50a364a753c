using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;

namespace Pipeline.Workflows.Tests.Intake;

public sealed class IdentityTests
{
    private static readonly Question[] Questions = [new("Who?", "q1")];

    [Fact]
    public void Every_part_decides()
    {
        string[] ids =
        [
            Identity.Analysis("aa", Questions, "m", null),
            Identity.Analysis("ab", Questions, "m", null),
            Identity.Analysis("aa", [new("Who?", "q2")], "m", null),
            Identity.Analysis("aa", [new("Why?", "q1")], "m", null),
            Identity.Analysis("aa", Questions, "n", null),
            Identity.Analysis("aa", Questions, "m", "Be brief."),
        ];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(ids[0], Identity.Analysis("aa", [new("Who?", "q1")], "m", null));
    }

    [Fact]
    public void Parts_do_not_run_together()
        => Assert.NotEqual(Identity.Instance(new IntakeMessage("inbox/a", "b", "c")), Identity.Instance(new IntakeMessage("inbox/ab", "", "c")));

    /// <summary>Ids stand in storage: they must never change.</summary>
    [Fact]
    public void Ids_stay_what_they_were()
    {
        Assert.Equal("doc-eda9106b6b187b61c00178127cc64f66", Identity.Instance(new IntakeMessage("inbox/a.pdf", "0x1", "r")));
        Assert.Equal("a-58d6056d9301296db02857444a0861ea", Identity.Analysis("aa", Questions, "m", null));
    }
}
