using HttpQuery.Tests.SqliteStore;
using Microsoft.Data.Sqlite;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>A store of somebody else's, in a file; two machines have the file open.</summary>
public sealed class SqliteStoreTests : ByteItemStoreTests, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("httpquery");

    private string Path => System.IO.Path.Combine(_folder.FullName, "items.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    protected override IQueryCacheStore Open(int machine) => new SqliteQueryStore(Path);

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new FlawedByteStore(Open(0), flaw);
}
