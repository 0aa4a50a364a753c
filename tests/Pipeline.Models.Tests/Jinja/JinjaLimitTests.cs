using Pipeline.Models.Jinja;

namespace Pipeline.Models.Tests.Jinja;

/// <summary>A template comes from anybody: whatever it does, it ends soon, in an error that names the line.</summary>
public sealed class JinjaLimitTests
{
    public static TheoryData<string, string> Hostile => new()
    {
        { "\n{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "line 2: rendering takes more than" },
        { "{{ 'a' * 1000000000 }}", "line 1: a string or list grows beyond" },
        { "{{ range(1000000000) | list }}", "line 1: a string or list grows beyond" },
        { "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "line 1: a string or list grows beyond" },
        { "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(64) %}{% set ns.s = ns.s | replace('a', 'aa') %}{% endfor %}", "line 1: a string or list grows beyond" },
        { "{% set ns = namespace(l=[1]) %}{% for i in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}\n{{ ns.l }}", "line 2: " },
        { "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}\n{{ ns.l == ns.m }}", "line 2: " },
        { "{% set ns = namespace(l=[1]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}\n{{ ns.l | tojson }}", "line 2: a list or map has too much in it" },
        { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "line 1: more than 400 blocks" },
        { "{{ " + string.Concat(Enumerable.Repeat("(", 5000)), "line 1: more than 100 brackets" },
        { "{{ " + string.Concat(Enumerable.Repeat("not ", 5000)) + "a }}", "line 1: more than 100 blocks or operators" },
        { "{{ " + string.Concat(Enumerable.Repeat("-", 5000)) + "1 }}", "line 1: more than 100 blocks or operators" },
        { "{{ 1" + string.Concat(Enumerable.Repeat(" if 1 else 1", 5000)) + " }}", "line 1: more than 100 blocks or operators" },
        { "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 50000)) + " }}", "line 1: more than 400 blocks" },
        { "{{ 'a'" + string.Concat(Enumerable.Repeat(" | trim", 50000)) + " }}", "line 1: more than 400 blocks" },
        { string.Concat(Enumerable.Repeat("{% if true %}", 5000)), "line 1: more than 100 blocks or operators" },
        { "{% for i in range(1000000) %}{{ 'aaaaaaaaaaaaaaaaaaaa' }}{% endfor %}", "line 1: " },
        { "{{ 9223372036854775807 + 1 }}", "line 1: '+' leads to a number that can't be had" },
        { "{{ 9223372036854775807 * 2 ** 62 }}", "line 1: '*' leads to a number that can't be had" },
        { "{{ 99999999999999999999 }}", "line 1: 99999999999999999999 is too large" },
        { new string('x', (1 << 20) + 1), "line 1: the template has 1048577 characters" },
    };

    [Theory(Timeout = 20_000)]
    [MemberData(nameof(Hostile))]
    public async Task Ends_with_the_reason(string template, string message)
    {
        var error = await Task.Run(() => Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(template).Render([])), TestContext.Current.CancellationToken);

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% include 'x' %}", "line 1: the statement 'include' is not known")]
    [InlineData("\n\n{{ 'a' | frobnicate }}", "line 3: the filter 'frobnicate' is not known")]
    [InlineData("{% if a %}\n{% for x in y %}\n{% endif %}", "line 2: what begins here needs a 'endfor', but 'endif' follows in line 3")]
    [InlineData("{% endfor %}", "line 1: 'endfor' ends nothing that was begun")]
    [InlineData("{{ a.b.c }}", "line 1: 'a' is undefined")]
    [InlineData("a\n{{ 'x' y }}", "line 2: '}}' is expected where 'y' stands")]
    [InlineData("a\n\n{{ x", "line 3: the tag that starts here does not end with '}}'")]
    [InlineData("{{ strftime_now('%Q') }}", "line 1: '%Q' in a date is not known")]
    public void What_is_not_known_is_named_with_its_line(string template, string message) =>
        Assert.Equal(message, Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(template).Render([])).Message);

    [Fact]
    public void The_date_is_fixed() => Assert.Equal(
        "26 Jul 2024 2024-07-26 Friday", JinjaTemplate.Parse("{{ strftime_now('%d %b %Y %Y-%m-%d %A') }}").Render([]));
}
