using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// Names the set of kernels that computes on this machine. Other kernels sum in another order, so their KV cache is as good but not
/// bitwise the same; the store doesn't mix them.
/// </summary>
public static class NumericsClass
{
    /// <summary>Describes this process on this machine.</summary>
    /// <param name="runtimeVersion">Version of ONNX Runtime.</param>
    /// <param name="provider">Execution provider, for example <c>cpu</c>.</param>
    /// <param name="attention">The assembly of the attention kernels. A deterministic build gives the same source the same identity, and any change another one.</param>
    /// <param name="accuracyLevels">Accuracy levels of the graph's quantised multiplications, where a session overrides the graph's own.</param>
    public static string Describe(string runtimeVersion, string provider, Assembly attention, string accuracyLevels = "") =>
        $"ort {runtimeVersion}; {provider}; {InstructionSet()}; attention {attention.ManifestModule.ModuleVersionId:n}; accuracy {accuracyLevels}";

    private static string InstructionSet()
    {
        var text = new StringBuilder(RuntimeInformation.ProcessArchitecture.ToString());
        if (X86Base.IsSupported)
        {
            // Feature bits of leaf 1 (ECX) and leaf 7 (sub-leaves 0 and 1), by which kernels are chosen; and whether the system lets
            // programs use AVX and AVX-512 (Intel SDM volume 2, CPUID).
            var leaf1 = X86Base.CpuId(1, 0);
            var leaf7 = X86Base.CpuId(7, 0);
            var leaf71 = X86Base.CpuId(7, 1);
            const int OsXSave = 1 << 27;
            text.Append($" {leaf1.Ecx & ~OsXSave:x8} {leaf7.Ebx:x8} {leaf7.Ecx & ~OsPke:x8} {leaf7.Edx:x8} {leaf71.Eax:x8}");
            text.Append(Avx2.IsSupported ? " avx2" : "").Append(Avx512F.IsSupported ? " avx512" : "");
        }
        else if (AdvSimd.IsSupported)
        {
            text.Append(" advsimd").Append(Dp.IsSupported ? " dotprod" : "");
        }

        return text.ToString();
    }

    private const int OsPke = 1 << 4;
}
