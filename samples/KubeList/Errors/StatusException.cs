namespace KubeList.Errors;

/// <summary>Carries an answer out of the depth of reading a request to the endpoint, which writes it.</summary>
internal sealed class StatusException(KubeStatus status) : Exception(status.Message)
{
    public KubeStatus Status { get; } = status;
}
