using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Inference.KvStore.Format;

/// <summary>
/// Reads little-endian fields one after another. A length that does not fit what is left is an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct SpanReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> source = source;

    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public KvKey Key() => new(Take(KvKey.Size));

    public int[] Int32s(int count)
    {
        var bytes = Take(count < 0 || count > int.MaxValue / sizeof(int) ? -1 : count * sizeof(int));
        var values = new int[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }

        return values;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Int32()));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > source.Length - Position)
        {
            throw new InvalidDataException("A field runs past the end of its record.");
        }

        var taken = source.Slice(Position, count);
        Position += count;
        return taken;
    }
}
