namespace HttpQuery.Caching.Engine;

/// <summary>Counts the memory of contents and responses on their way through the cache. When it is used up, the oldest gives way, so slow
/// clients cannot keep others from using the cache.</summary>
internal sealed class PendingMemory(long maximumSize)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Share> _shares = new();
    private long _size;
    private long _contentSize;

    /// <summary>Called when a share gave way, or got no memory.</summary>
    public Action? Full { get; set; }

    /// <summary>Memory in use, in bytes.</summary>
    public long Size => Interlocked.Read(ref _size);

    /// <summary>Begins a share that holds nothing yet.</summary>
    /// <param name="isContent">Whether it holds the content of a request. Contents together get half of the memory, so responses can
    /// always be captured.</param>
    /// <param name="giveWay">Gives the memory back, on another thread, because a newer share needs it; <see langword="null"/> if the
    /// share cannot give way.</param>
    public Share Begin(bool isContent, Action? giveWay) => new(this, isContent, giveWay);

    /// <summary>Takes memory for the content of a request. It cannot be taken away again; call <see cref="Return"/> when done.</summary>
    public bool TryTake(int length)
    {
        List<Share>? others = null;
        bool isGranted;
        lock (_lock)
        {
            isGranted = TryMakeRoom(null, isContent: true, length, ref others);
            if (isGranted) Add(isContent: true, length);
        }
        others?.ForEach(other => other.GiveWay());
        if (!isGranted) Full?.Invoke();
        return isGranted;
    }

    /// <summary>Gives back memory that was taken.</summary>
    public void Return(int length)
    {
        if (length == 0) return;
        lock (_lock) Add(isContent: true, -length);
    }

    /// <summary>The part of one content or response.</summary>
    internal sealed class Share(PendingMemory memory, bool isContent, Action? giveWay) : IDisposable
    {
        private LinkedListNode<Share>? _node;
        private long _size;
        private bool _isOver;

        /// <summary>Takes more memory.</summary>
        /// <returns><see langword="false"/> if there is none: then the share is empty.</returns>
        public bool TryGrow(int length)
        {
            List<Share>? others = null;
            var (isGranted, wasOver) = (false, false);
            lock (memory._lock)
            {
                wasOver = _isOver;
                if (!wasOver) isGranted = memory.TryMakeRoom(this, isContent, length, ref others);
                if (isGranted)
                {
                    _node ??= memory._shares.AddLast(this);
                    memory.Add(isContent, length);
                    _size += length;
                }
            }
            if (others is not null) others.ForEach(other => other.GiveWay());
            if (!isGranted && !wasOver)
            {
                Dispose();
                memory.Full?.Invoke();
            }
            return isGranted;
        }

        /// <summary>Keeps the memory until the share is disposed: newer shares cannot take it any more.</summary>
        /// <returns><see langword="false"/> if it was taken already.</returns>
        public bool TryKeep()
        {
            lock (memory._lock)
            {
                if (_isOver) return false;
                giveWay = null;
                return true;
            }
        }

        /// <summary>Gives the memory back.</summary>
        public void Dispose()
        {
            lock (memory._lock) End();
        }

        internal bool IsContent => isContent;

        internal bool CanGiveWay => giveWay is not null;

        internal long Length => _size;

        internal void End()
        {
            _isOver = true;
            if (_node is null) return;
            memory._shares.Remove(_node);
            memory.Add(isContent, -_size);
            (_node, _size) = (null, 0);
        }

        internal void GiveWay()
        {
            giveWay?.Invoke();
            memory.Full?.Invoke();
        }
    }

    private void Add(bool isContent, long length)
    {
        Interlocked.Add(ref _size, length);
        if (isContent) _contentSize += length;
    }

    // Memory is taken from other shares only if that is enough.
    private bool TryMakeRoom(Share? share, bool isContent, int length, ref List<Share>? others)
    {
        var ofContents = isContent ? _contentSize + length - (maximumSize / 2) : 0;
        var ofAll = _size + length - maximumSize;
        var isEnough = TryChoose(share, isContent: true, ofContents, ref ofAll, ref others);
        long rest = 0;
        isEnough = isEnough && TryChoose(share, isContent: false, ofAll, ref rest, ref others);
        if (!isEnough) others = null;
        others?.ForEach(other => other.End());
        return isEnough;
    }

    // Chooses only older shares: a share that is itself the oldest gives way to newer ones.
    private bool TryChoose(Share? share, bool isContent, long needed, ref long alsoNeeded, ref List<Share>? others)
    {
        for (var node = _shares.First; node is not null && node.Value != share && needed > 0; node = node.Next)
        {
            var other = node.Value;
            if (!other.CanGiveWay || (isContent && !other.IsContent) || others?.Contains(other) is true) continue;
            needed -= other.Length;
            alsoNeeded -= other.Length;
            (others ??= []).Add(other);
        }
        return needed <= 0;
    }
}
