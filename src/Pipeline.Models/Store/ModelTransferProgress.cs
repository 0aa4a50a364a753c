namespace Pipeline.Models;

/// <summary>How far the adding of a model is.</summary>
/// <param name="File">The file that is being transferred.</param>
/// <param name="BytesDone">Bytes of all files that are there, those of an earlier, interrupted try included.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
public readonly record struct ModelTransferProgress(string File, long BytesDone, long BytesTotal);
