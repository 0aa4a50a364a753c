using System.Text.Json;

namespace Pipeline.Models;

/// <summary>One object of a JSON file with its place in it, so that a wrong or missing value is reported by file and key.</summary>
internal readonly struct JsonSection(string path, string name, JsonElement element)
{
    public string Path { get; } = path;

    public string Name { get; } = name;

    public JsonElement Element { get; } = element;

    public bool Exists => Element.ValueKind == JsonValueKind.Object;

    public bool TryGet(string key, out JsonElement value)
    {
        if (Exists && Element.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null)
        {
            return true;
        }

        value = default;
        return false;
    }

    public JsonSection Section(string key)
    {
        if (!TryGet(key, out var value))
        {
            return new JsonSection(Path, Key(key), default);
        }

        return value.ValueKind == JsonValueKind.Object ? new JsonSection(Path, Key(key), value) : throw Wrong(key, "an object");
    }

    public JsonSection RequiredSection(string key)
    {
        var section = Section(key);
        return section.Exists ? section : throw Missing(key);
    }

    public string? String(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "a string");
    }

    public int? Int(string key, int minimum = 0)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum
            ? number
            : throw Wrong(key, $"a whole number from {minimum}");
    }

    public int RequiredInt(string key, int minimum = 0) => Int(key, minimum) ?? throw Missing(key);

    public double? Double(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(key, "a number");
    }

    public bool? Bool(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false"),
        };
    }

    public IReadOnlyList<int> IntOrList(string key)
    {
        if (!TryGet(key, out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var one))
        {
            return [one];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            var list = new List<int>();
            foreach (var item in value.EnumerateArray())
            {
                list.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) ? number : throw Wrong(key, "a whole number or a list of them"));
            }

            return list;
        }

        throw Wrong(key, "a whole number or a list of them");
    }

    public ModelFolderException Wrong(string key, string expected) =>
        new($"{Path}: \"{Key(key)}\" must be {expected}. Correct the file, or fetch the model again.");

    public ModelFolderException Missing(string key) =>
        new($"{Path}: \"{Key(key)}\" is missing. Correct the file, or fetch the model again.");

    private string Key(string key) => Name.Length == 0 ? key : Name + "." + key;
}
