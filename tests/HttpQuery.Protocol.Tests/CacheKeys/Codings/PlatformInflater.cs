using System.IO.Compression;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>The platform's DeflateStream, fed octet by octet, so that it tells where a stream ends: a second opinion.</summary>
internal static class PlatformInflater
{
    /// <summary>What a deflate stream decodes to that ends in the last octet; else null.</summary>
    public static byte[]? Inflate(byte[] deflate)
    {
        var source = new OctetSource();
        using var inflater = new DeflateStream(source, CompressionMode.Decompress);
        using var output = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            for (var i = 0; i < deflate.Length; i++)
            {
                source.Provide(deflate[i]);
                int read;
                while ((read = inflater.Read(buffer)) > 0) output.Write(buffer, 0, read);

                // It asks for more until the stream has ended.
                if (!source.WasEmpty) return i == deflate.Length - 1 ? output.ToArray() : null;
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return null;
    }

    private sealed class OctetSource : Stream
    {
        private int _octet = -1;

        public bool WasEmpty { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Provide(byte octet) => (_octet, WasEmpty) = (octet, false);

        public override int Read(byte[] buffer, int offset, int count)
        {
            WasEmpty = _octet < 0;
            if (WasEmpty) return 0;
            buffer[offset] = (byte)_octet;
            _octet = -1;
            return 1;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
