using System.Text.Json.Serialization;

namespace AotHost;

internal static class Methods
{
    public static readonly string[] Query = [HttpMethods.Query];
}

internal readonly record struct Point(int X, int Y);

internal sealed record Answer(string Text);

internal sealed record Greeting(string Text);

internal readonly record struct Parameters(string Name, Point Point);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Point))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class AotJson : JsonSerializerContext;
