using System.Runtime.InteropServices;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>A pointer that the GenAI library owns until it is destroyed.</summary>
internal abstract class GenAiHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

internal sealed class GenAiConfigHandle : GenAiHandle
{
    protected override bool ReleaseHandle()
    {
        GenAiNative.OgaDestroyConfig(handle);
        return true;
    }
}

internal sealed class GenAiModelHandle : GenAiHandle
{
    protected override bool ReleaseHandle()
    {
        GenAiNative.OgaDestroyModel(handle);
        return true;
    }
}

internal sealed class GenAiGeneratorParamsHandle : GenAiHandle
{
    protected override bool ReleaseHandle()
    {
        GenAiNative.OgaDestroyGeneratorParams(handle);
        return true;
    }
}

internal sealed class GenAiGeneratorHandle : GenAiHandle
{
    protected override bool ReleaseHandle()
    {
        GenAiNative.OgaDestroyGenerator(handle);
        return true;
    }
}

internal sealed class GenAiTensorHandle : GenAiHandle
{
    protected override bool ReleaseHandle()
    {
        GenAiNative.OgaDestroyTensor(handle);
        return true;
    }
}
