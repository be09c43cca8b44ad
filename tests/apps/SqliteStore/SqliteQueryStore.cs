using System.Buffers;
using HttpQuery.Caching;
using Microsoft.Data.Sqlite;

namespace HttpQuery.Tests.SqliteStore;

/// <summary>Keeps responses in a file of SQLite, which processes of one machine share.</summary>
public sealed class SqliteQueryStore : IQueryCacheStore
{
    private readonly string _connection;

    /// <summary>Creates a store in a file, which is made if there is none.</summary>
    public SqliteQueryStore(string path)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        Run("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS item (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID");
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        new(Run("SELECT value FROM item WHERE key = $key AND expires > $now", ("$key", key), ("$now", Now)) is byte[] value ? value : default(ReadOnlyMemory<byte>?));

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        Run(
            "DELETE FROM item WHERE expires <= $now; INSERT OR REPLACE INTO item VALUES ($key, $value, $now + $lifetime)",
            ("$key", key), ("$value", value.ToArray()), ("$now", Now), ("$lifetime", (long)lifetime.TotalMilliseconds));
        return default;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken)
    {
        Run("DELETE FROM item WHERE key = $key", ("$key", key));
        return default;
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private object? Run(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = new SqliteCommand("PRAGMA synchronous = OFF; " + sql, connection);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command.ExecuteScalar();
    }
}
