using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Attention;

/// <summary>Instruction set of the attention kernels.</summary>
public enum KernelChoice
{
    /// <summary>The widest this machine has.</summary>
    Best,

    /// <summary>Plain loops; the reference.</summary>
    Scalar,

    /// <summary>128-bit vectors: ARM64.</summary>
    Vector128,

    /// <summary>AVX2 with FMA.</summary>
    Vector256,

    /// <summary>AVX-512F.</summary>
    Avx512,
}

/// <summary>Chooses kernels.</summary>
public static class KernelChoices
{
    /// <summary>Whether this machine can run <paramref name="choice"/>.</summary>
    public static bool IsSupported(KernelChoice choice) => choice switch
    {
        // Asked by instruction set: Vector512.IsHardwareAccelerated is false on some processors that have AVX-512.
        KernelChoice.Avx512 => Avx512F.IsSupported,
        KernelChoice.Vector256 => Fma.IsSupported && Avx2.IsSupported,
        KernelChoice.Vector128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>The instruction set that <paramref name="choice"/> stands for here.</summary>
    /// <exception cref="NotSupportedException">This machine does not have it.</exception>
    public static KernelChoice Resolve(KernelChoice choice)
    {
        if (!IsSupported(choice))
        {
            throw new NotSupportedException($"This machine has no {choice} instructions; use {KernelChoice.Best}.");
        }

        return choice != KernelChoice.Best ? choice
            : IsSupported(KernelChoice.Avx512) ? KernelChoice.Avx512
            : IsSupported(KernelChoice.Vector256) ? KernelChoice.Vector256
            : IsSupported(KernelChoice.Vector128) ? KernelChoice.Vector128
            : KernelChoice.Scalar;
    }
}
