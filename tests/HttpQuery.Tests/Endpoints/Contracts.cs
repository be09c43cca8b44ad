using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.FSharp.Core;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Types that query content is read into, and what a handler can see of them.</summary>
internal static class Contracts
{
    internal sealed record Plain(int A, string? S);

    internal sealed class Settable
    {
        public int? A { get; set; }

        public string? S { get; init; }

        [JsonIgnore]
        public object? Parsed { get; set; }

        public object Computed => A ?? 0;
    }

    internal sealed record Tree(string? S, List<Tree>? Children, Dictionary<string, Tree[]>? Named);

    internal struct Point
    {
        public int A { get; set; }

        public string S { get; set; }
    }

    [JsonConverter(typeof(JsonStringEnumConverter<Letter>))]
    internal enum Letter
    {
        None,
        X,
    }

    internal enum Digit
    {
        None,
        X,
    }

    internal sealed class Letters
    {
        public Letter? S { get; set; }
    }

    internal sealed class Digits
    {
        [JsonConverter(typeof(JsonStringEnumConverter<Digit>))]
        public Digit? S { get; set; }
    }

    internal sealed class Optional
    {
        public FSharpOption<string>? S { get; set; }

        public FSharpValueOption<int> A { get; set; }
    }

    internal sealed class Immutable
    {
        public ImmutableArray<string> S { get; set; }
    }

    internal sealed class WithElement
    {
        public Dictionary<string, List<JsonElement?>>? S { get; set; }
    }

    internal sealed class WithObject
    {
        public object? S { get; set; }
    }

    internal sealed class WithOverflow
    {
        public int A { get; set; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Others { get; set; } = [];
    }

    internal sealed class WithObjectOverflow
    {
        [JsonExtensionData]
        public JsonObject? Others { get; set; }
    }

    internal sealed class Filled
    {
        [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
        public List<object> S { get; } = [];
    }

    /// <summary>Reads how long a token is as it was sent.</summary>
    internal sealed class LengthConverter : JsonConverter<int>
    {
        public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;

        public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }

    internal sealed class LengthAttribute() : JsonConverterAttribute()
    {
        public override JsonConverter CreateConverter(Type typeToConvert) => new LengthConverter();
    }

    internal sealed class Measured
    {
        [JsonConverter(typeof(LengthConverter))]
        public int S { get; set; }
    }

    // The platform wraps the converter in its own for nullable types.
    internal sealed class MeasuredOrNot
    {
        [JsonConverter(typeof(LengthConverter))]
        public int? S { get; set; }
    }

    internal sealed class MeasuredByOwnAttribute
    {
        [Length]
        public int? S { get; set; }
    }

    [JsonConverter(typeof(SpelledConverter))]
    internal record Spelled(int Length);

    internal sealed record MoreSpelled(int Length) : Spelled(Length);

    internal sealed class SpelledConverter : JsonConverter<Spelled>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(Spelled));

        public override Spelled Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var start = reader.TokenStartIndex;
            reader.Skip();
            return new MoreSpelled((int)(reader.BytesConsumed - start));
        }

        public override void Write(Utf8JsonWriter writer, Spelled value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Length);
    }

    internal sealed class WithSpelled
    {
        public Spelled[]? S { get; set; }
    }

    [JsonPolymorphic]
    [JsonDerivedType(typeof(Shape), "shape")]
    [JsonDerivedType(typeof(Circle), "circle")]
    internal class Shape;

    internal sealed class Circle : Shape;

    internal sealed class WithShape
    {
        public List<Shape>? S { get; set; }
    }

    internal sealed class Linked
    {
        public Linked? S { get; set; }

        public Linked? T { get; set; }
    }

    /// <summary>Everything of a value that tells spellings apart.</summary>
    public static string Show(object? value) => value switch
    {
        null => "null",
        JsonElement element => element.GetRawText(),
        JsonDocument document => document.RootElement.GetRawText(),
        JsonObject node => string.Join(',', node.Select(member => member.Key + Show(member.Value))),
        JsonArray node => string.Join(',', node.Select(Show)),
        JsonValue node => node.TryGetValue<JsonElement>(out var element) ? element.GetRawText() : "value",
        string text => text,
        WithElement { S: { } lists } => string.Join(',', lists.Select(list => list.Key + Show(list.Value))),
        WithObject { S: { } inner } => Show(inner),
        WithOverflow { Others: { } others } => string.Join(',', others.Select(other => other.Key + Show(other.Value))),
        WithObjectOverflow { Others: { } others } => Show(others),
        Filled { S: { } list } => Show(list),
        WithSpelled { S: { } list } => Show(list),
        WithShape { S: { } list } => Show(list),
        Shape shape => shape.GetType().Name,
        Linked linked => $"{linked.S is null} {linked.T is null} {ReferenceEquals(linked.S, linked.T)}",
        Tuple<string, object> pair => Show(pair.Item2),
        KeyValuePair<string, object> pair => Show(pair.Value),
        IAsyncEnumerable<string> texts => Show(texts.ToBlockingEnumerable()),
        IDictionary pairs => string.Join(',', pairs.Keys.Cast<object>().Select(key => key + Show(pairs[key]))),
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(Show)),
        _ => JsonSerializer.Serialize(value, value.GetType()),
    };
}
