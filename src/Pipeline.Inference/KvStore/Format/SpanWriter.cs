using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>Writes little-endian fields one after another.</summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    private readonly Span<byte> destination = destination;

    public int Position { get; private set; }

    public void Byte(byte value) => destination[Position++] = value;

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination[Position..], value);
        Position += sizeof(int);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination[Position..], value);
        Position += sizeof(long);
    }

    public void UInt64(ulong value) => Int64(unchecked((long)value));

    public void Key(KvKey key)
    {
        key.CopyTo(destination.Slice(Position, KvKey.Size));
        Position += KvKey.Size;
    }

    public void Int32s(ReadOnlySpan<int> values)
    {
        foreach (var value in values)
        {
            Int32(value);
        }
    }

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Int32(length);
        Position += Encoding.UTF8.GetBytes(value, destination[Position..]);
    }
}
