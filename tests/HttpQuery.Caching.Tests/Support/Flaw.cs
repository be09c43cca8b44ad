namespace HttpQuery.Caching.Tests.Support;

/// <summary>What goes wrong in the storage below a store.</summary>
public enum Fault
{
    None,
    Throws,
    Hangs,
    LosesWrites,
    Corrupts,
    ConfusesKeys,
}

/// <summary>Makes storage go wrong, for wrappers around it.</summary>
public sealed class Flaw
{
    private readonly Queue<byte[]> _written = new();
    private readonly Random _random = new(1);
    private TaskCompletionSource _end = new();

    public Fault Fault
    {
        get;
        set
        {
            field = value;
            _end.TrySetResult();
            _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>How often something went wrong.</summary>
    public int Count { get; private set; }

    /// <summary>Throws, or comes back when the fault is over, whatever is cancelled.</summary>
    public async Task BeginAsync()
    {
        var (fault, end) = (Fault, _end.Task);
        if (fault is not (Fault.Throws or Fault.Hangs)) return;
        Count++;
        if (fault is Fault.Throws) throw new IOException("down");
        await end;
    }

    /// <summary>Whether a write is lost.</summary>
    public bool Loses(byte[] octets)
    {
        lock (_written)
        {
            _written.Enqueue(octets);
            if (_written.Count > 8) _written.Dequeue();
            if (Fault is not Fault.LosesWrites || _random.Next(2) == 0) return false;
            Count++;
            return true;
        }
    }

    /// <summary>What is read in the place of what is there: octets of it that have changed, or those of another key, written lately.</summary>
    public byte[]? Change(byte[]? octets)
    {
        lock (_written)
        {
            if (octets is null || Fault is not (Fault.Corrupts or Fault.ConfusesKeys) || _random.Next(2) == 0) return octets;
            Count++;
            if (Fault is Fault.ConfusesKeys) return _written.ElementAt(_random.Next(_written.Count));
            var copy = octets.ToArray();
            if (_random.Next(4) == 0) return copy[.._random.Next(copy.Length)];
            copy[_random.Next(copy.Length)] ^= (byte)(1 << _random.Next(8));
            return copy;
        }
    }
}
