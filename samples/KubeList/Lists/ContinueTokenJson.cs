using System.Text.Json.Serialization;

namespace KubeList.Lists;

/// <summary>The serializer of continue tokens, made at compile time.</summary>
[JsonSerializable(typeof(ContinueToken.Wire))]
internal sealed partial class ContinueTokenJson : JsonSerializerContext;
