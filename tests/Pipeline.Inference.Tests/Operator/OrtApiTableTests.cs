using System.Text.RegularExpressions;
using Pipeline.Inference.Operator;

namespace Pipeline.Inference.Tests.Operator;

public sealed partial class OrtApiTableTests
{
    private static readonly string[] Functions = ReadFunctions();

    [Theory]
    [InlineData(OrtApiTable.CreateStatusIndex, "CreateStatus")]
    [InlineData(OrtApiTable.GetErrorMessageIndex, "GetErrorMessage")]
    [InlineData(OrtApiTable.CreateCustomOpDomainIndex, "CreateCustomOpDomain")]
    [InlineData(OrtApiTable.CustomOpDomainAddIndex, "CustomOpDomain_Add")]
    [InlineData(OrtApiTable.AddCustomOpDomainIndex, "AddCustomOpDomain")]
    [InlineData(OrtApiTable.GetTensorMutableDataIndex, "GetTensorMutableData")]
    [InlineData(OrtApiTable.GetDimensionsCountIndex, "GetDimensionsCount")]
    [InlineData(OrtApiTable.GetDimensionsIndex, "GetDimensions")]
    [InlineData(OrtApiTable.GetTensorTypeAndShapeIndex, "GetTensorTypeAndShape")]
    [InlineData(OrtApiTable.KernelInfoGetAttributeFloatIndex, "KernelInfoGetAttribute_float")]
    [InlineData(OrtApiTable.KernelInfoGetAttributeInt64Index, "KernelInfoGetAttribute_int64")]
    [InlineData(OrtApiTable.KernelContextGetInputIndex, "KernelContext_GetInput")]
    [InlineData(OrtApiTable.KernelContextGetOutputIndex, "KernelContext_GetOutput")]
    [InlineData(OrtApiTable.ReleaseStatusIndex, "ReleaseStatus")]
    [InlineData(OrtApiTable.ReleaseTensorTypeAndShapeInfoIndex, "ReleaseTensorTypeAndShapeInfo")]
    [InlineData(OrtApiTable.ReleaseCustomOpDomainIndex, "ReleaseCustomOpDomain")]
    [InlineData(OrtApiTable.KernelContextParallelForIndex, "KernelContext_ParallelFor")]
    public void Index_is_that_of_the_header_in_the_package(int index, string name) => Assert.Equal(name, Functions[index]);

    [Fact]
    public void Fields_of_the_operator_struct_are_in_the_headers_order()
    {
        string header = Header();
        int start = header.IndexOf("struct OrtCustomOp {", StringComparison.Ordinal);
        string body = header[start..header.IndexOf("\n};", start, StringComparison.Ordinal)];
        string[] expected = [.. FunctionPointer().Matches(body).Select(m => m.Groups["name"].Value.Replace("Fn", string.Empty, StringComparison.Ordinal))];
        string[] ours = [.. typeof(OrtCustomOp).GetFields().OrderBy(f => f.MetadataToken).Select(f => f.Name).Skip(1)];
        Assert.Equal(expected, ours[..expected.Length]);
    }

    private static string Header() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "onnxruntime_c_api.h"));

    private static string[] ReadFunctions()
    {
        string header = Header();
        int start = header.IndexOf("struct OrtApi {", StringComparison.Ordinal);
        string body = Comment().Replace(header[start..header.IndexOf("\n};", start, StringComparison.Ordinal)], string.Empty);
        return [.. Member().Matches(body).Select(m => m.Groups["release"].Success ? "Release" + m.Groups["release"].Value : m.Groups["name"].Value + m.Groups["pointer"].Value)];
    }

    [GeneratedRegex(@"/\*.*?\*/|//[^\n]*", RegexOptions.Singleline, 10_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"ORT_API2_STATUS\(\s*(?<name>\w+)|ORT_CLASS_RELEASE\((?<release>\w+)\)|\(\s*ORT_API_CALL\s*\*\s*(?<pointer>\w+)\s*\)\s*\(", RegexOptions.None, 10_000)]
    private static partial Regex Member();

    [GeneratedRegex(@"ORT_API_CALL\*\s*(?<name>\w+)\)", RegexOptions.None, 10_000)]
    private static partial Regex FunctionPointer();
}
