using System.Collections.Frozen;

namespace Pipeline.Documents.Parsers.Pdf.Layout;

/// <summary>
/// Letters for presentation forms: Latin ligatures (U+FB00 to U+FB06) and Arabic positional forms (U+FE80 to U+FEFC), as in Unicode's
/// compatibility decompositions. Other compatibility characters (superscripts, wide forms) carry meaning and stay.
/// </summary>
internal static class Presentation
{
    private static readonly FrozenDictionary<char, string> Letters = Build();

    /// <summary>The text with presentation forms replaced.</summary>
    public static string Expand(string value)
    {
        if (value is [< ' ' and not '\t' and not '\n' and not '\r'])
        {
            return OfUnnamedCode(value[0]) ?? string.Empty;
        }

        foreach (var c in value)
        {
            if (c >= '\uFB00')
            {
                return string.Concat(value.Select(each => Letters.GetValueOrDefault(each) ?? each.ToString()));
            }
        }

        return value;
    }

    /// <summary>
    /// Fonts made by TeX without names for their codes: ligatures stand where its encodings have them (8r at 2, 3 and 13 to 15, OT1 at 0B
    /// to 0F, T1 at 1B to 1F, hexadecimal).
    /// </summary>
    private static string? OfUnnamedCode(char code) => (int)code switch
    {
        0x02 or 0x0C or 0x1C => "fi",
        0x03 or 0x1D => "fl",
        0x0B or 0x13 or 0x1B => "ff",
        0x0E or 0x14 or 0x1E => "ffi",
        0x0F or 0x15 or 0x1F => "ffl",
        _ => null,
    };

    private static FrozenDictionary<char, string> Build()
    {
        var letters = new Dictionary<char, string>
        {
            ['\uFB00'] = "ff",
            ['\uFB01'] = "fi",
            ['\uFB02'] = "fl",
            ['\uFB03'] = "ffi",
            ['\uFB04'] = "ffl",
            ['\uFB05'] = "st",
            ['\uFB06'] = "st",
        };

        // Arabic letters in code order with the number of their forms, from U+FE80 on (Unicode chart FE70).
        const string letterOrder = "\u0621\u0622\u0623\u0624\u0625\u0626\u0627\u0628\u0629\u062A\u062B\u062C\u062D\u062E\u062F\u0630\u0631\u0632"
            + "\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u063A\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064A";
        const string forms = "122224242444442222444444444444444224";
        var next = '\uFE80';
        for (var i = 0; i < letterOrder.Length; i++)
        {
            for (var form = 0; form < forms[i] - '0'; form++)
            {
                letters[next++] = letterOrder[i].ToString();
            }
        }

        foreach (var alef in "\u0622\u0623\u0625\u0627")
        {
            letters[next++] = "\u0644" + alef;
            letters[next++] = "\u0644" + alef;
        }

        return letters.ToFrozenDictionary();
    }
}
