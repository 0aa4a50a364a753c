namespace Pipeline.Documents;

/// <summary>How pages without a text layer are read. OCR needs <c>tesseract</c> on the PATH.</summary>
public sealed class OcrOptions
{
    /// <summary>Whether such pages are recognised at all.</summary>
    /// <value>true</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Languages in tesseract's notation (<c>eng</c>, <c>deu</c>, <c>chi_sim</c>), most likely first.</summary>
    /// <value>eng</value>
    public IReadOnlyList<string> Languages { get; set; } = ["eng"];

    /// <summary>Time for one page, on top of the document's.</summary>
    /// <value>60 seconds; from 1 second to 10 minutes</value>
    public TimeSpan PageTimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Pages of a document that are recognised; the rest is reported as without text.</summary>
    /// <value>500; from 1 to 10,000</value>
    public int MaxPages { get; set; } = 500;

    internal void Validate()
    {
        Require.Between(PageTimeLimit, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "Ocr.PageTimeLimit");
        Require.Between(MaxPages, 1, 10_000, "Ocr.MaxPages");
        Require.That(
            Languages.Count is >= 1 and <= 20 && Languages.All(IsLanguage),
            "Ocr.Languages",
            "Ocr.Languages must be 1 to 20 names such as eng, deu or chi_sim.");
    }

    private static bool IsLanguage(string name) =>
        name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
