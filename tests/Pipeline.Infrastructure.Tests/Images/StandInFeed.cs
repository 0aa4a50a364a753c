using System.IO.Compression;
using System.Security;

namespace Pipeline.Infrastructure.Tests.Images;

/// <summary>A folder of packages that look like those of the GPU build, which can't be had everywhere, with a few bytes in place of each library.</summary>
internal sealed class StandInFeed(string folder)
{
    public string Folder => folder;

    public void Add(string id, string version, string? dependency, params IEnumerable<string> files)
    {
        Directory.CreateDirectory(folder);
        using var package = ZipFile.Open(Path.Combine(folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        var dependencies = dependency is null ? "" : $"""<dependencies><group targetFramework="net8.0">{dependency}</group></dependencies>""";
        Write(package, id + ".nuspec", $"""
            <?xml version="1.0"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata><id>{SecurityElement.Escape(id)}</id><version>{version}</version><authors>test</authors><description>stand-in</description>{dependencies}</metadata>
            </package>
            """);
        foreach (var file in files) Write(package, file, file.EndsWith(".targets", StringComparison.Ordinal) ? CopyAll : file);
    }

    // As native packages do for projects without a runtime identifier: everything, for every system.
    private const string CopyAll = """
        <Project>
          <ItemGroup>
            <None Include="$(MSBuildThisFileDirectory)../../runtimes/win-x64/native/*" CopyToOutputDirectory="PreserveNewest" CopyToPublishDirectory="PreserveNewest" Link="%(Filename)%(Extension)" Visible="false" />
          </ItemGroup>
        </Project>
        """;

    private static void Write(ZipArchive package, string name, string content)
    {
        using var writer = new StreamWriter(package.CreateEntry(name).Open());
        writer.Write(content);
    }
}
