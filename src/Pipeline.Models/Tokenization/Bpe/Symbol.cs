using System.Runtime.InteropServices;

namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>A token in the making, with its place in the word in UTF-16 units.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Symbol(int Id, int Start, int End);
