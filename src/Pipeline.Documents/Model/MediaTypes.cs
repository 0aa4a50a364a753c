namespace Pipeline.Documents;

/// <summary>The media types this program reads or recognises, and the file name extensions that suggest them.</summary>
public static class MediaTypes
{
    public const string Unknown = "application/octet-stream";
    public const string Pdf = "application/pdf";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public const string Html = "text/html";
    public const string Markdown = "text/markdown";
    public const string Text = "text/plain";
    public const string Csv = "text/csv";
    public const string Email = "message/rfc822";
    public const string Epub = "application/epub+zip";
    public const string Zip = "application/zip";
    public const string OleStorage = "application/x-ole-storage";
    public const string Outlook = "application/vnd.ms-outlook";
    public const string Word97 = "application/msword";
    public const string Excel97 = "application/vnd.ms-excel";
    public const string PowerPoint97 = "application/vnd.ms-powerpoint";
    public const string Rtf = "application/rtf";

    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".pdf"] = Pdf,
        [".docx"] = Docx,
        [".docm"] = Docx,
        [".pptx"] = Pptx,
        [".pptm"] = Pptx,
        [".xlsx"] = Xlsx,
        [".xlsm"] = Xlsx,
        [".html"] = Html,
        [".htm"] = Html,
        [".xhtml"] = Html,
        [".md"] = Markdown,
        [".markdown"] = Markdown,
        [".txt"] = Text,
        [".text"] = Text,
        [".log"] = Text,
        [".csv"] = Csv,
        [".eml"] = Email,
        [".epub"] = Epub,
        [".zip"] = Zip,
        [".doc"] = Word97,
        [".xls"] = Excel97,
        [".ppt"] = PowerPoint97,
        [".msg"] = Outlook,
        [".rtf"] = Rtf,
    };

    /// <summary>The media type that a file name's extension suggests; null where it suggests none.</summary>
    public static string? FromName(string name) => ByExtension.GetValueOrDefault(Path.GetExtension(name));

    /// <summary>A media type without parameters, in lower case; null for null, blank and the type that says nothing.</summary>
    public static string? Normalize(string? mediaType)
    {
        var type = mediaType?.Split(';')[0].Trim().ToLowerInvariant();
        return type is null or "" or Unknown ? null : type;
    }
}
