using Microsoft.Extensions.Options;

namespace KubeList;

/// <summary>Refuses to start with limits that cannot work.</summary>
internal sealed class KubeListOptionsCheck : IValidateOptions<KubeListOptions>
{
    public ValidateOptionsResult Validate(string? name, KubeListOptions options) => options switch
    {
        { MaximumContentLength: < 1 or > 1 << 30 } => Refuse(nameof(options.MaximumContentLength), "from 1 byte to 1 GiB"),
        { MaximumValues: < 1 } => Refuse(nameof(options.MaximumValues), "at least 1"),
        { MaximumRequirements: < 1 } => Refuse(nameof(options.MaximumRequirements), "at least 1"),
        { MaximumDepth: < 1 or > 1000 } => Refuse(nameof(options.MaximumDepth), "from 1 to 1000"),
        { MaximumPinnedSnapshots: < 1 } => Refuse(nameof(options.MaximumPinnedSnapshots), "at least 1"),
        { SnapshotLifetime.Ticks: <= 0 } => Refuse(nameof(options.SnapshotLifetime), "longer than nothing"),
        { RevisionPatience.Ticks: < 0 } => Refuse(nameof(options.RevisionPatience), "zero or longer"),
        _ => ValidateOptionsResult.Success,
    };

    private static ValidateOptionsResult Refuse(string name, string rule) => ValidateOptionsResult.Fail($"KubeList:{name} must be {rule}.");
}
