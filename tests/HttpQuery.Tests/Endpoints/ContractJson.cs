using System.Text.Json.Serialization;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Generated metadata of <see cref="Contracts"/>.</summary>
[JsonSerializable(typeof(Contracts.Plain)), JsonSerializable(typeof(Contracts.Settable)), JsonSerializable(typeof(Contracts.Tree)), JsonSerializable(typeof(Contracts.Digits))]
[JsonSerializable(typeof(KeyValuePair<string, int>)), JsonSerializable(typeof(Contracts.WithObject)), JsonSerializable(typeof(Contracts.WithOverflow))]
[JsonSerializable(typeof(Contracts.Measured)), JsonSerializable(typeof(Contracts.MeasuredOrNot)), JsonSerializable(typeof(Tuple<string, object>)), JsonSerializable(typeof(Contracts.WithShape))]
internal sealed partial class ContractJson : JsonSerializerContext;
