using HttpQuery.Learning;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.Learning;

/// <summary>What is learned of servers is bounded and expires.</summary>
public sealed class ExpiringTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_value_expires_after_its_own_lifetime()
    {
        var table = new ExpiringTable<string, int>(10, _time);
        table.Set("short", 1, TimeSpan.FromSeconds(1));
        table.Set("long", 2, TimeSpan.FromSeconds(2));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(table.TryGet("short", out _));
        Assert.True(table.TryGet("long", out var value));
        Assert.Equal((2, 1), (value, table.Count));
    }

    [Fact]
    public void A_new_value_begins_a_new_lifetime()
    {
        var table = new ExpiringTable<string, int>(10, _time);
        table.Set("key", 1, TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(1));
        table.Set("key", 2, TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(table.TryGet("key", out var value));
        Assert.Equal((2, 1), (value, table.Count));
    }

    [Fact]
    public void The_least_recently_used_value_is_evicted()
    {
        var table = new ExpiringTable<int, int>(2, _time);
        table.Set(1, 1, TimeSpan.MaxValue);
        table.Set(2, 2, TimeSpan.MaxValue);
        Assert.True(table.TryGet(1, out _));
        table.Set(3, 3, TimeSpan.MaxValue);

        Assert.Equal([true, false, true], new[] { 1, 2, 3 }.Select(key => table.TryGet(key, out _)));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Values_are_removed_by_key_and_by_what_they_are()
    {
        var table = new ExpiringTable<int, int>(10, _time);
        for (var i = 1; i <= 5; i++) table.Set(i, i, TimeSpan.MaxValue);
        table.Remove(1);
        table.Remove(9);
        table.RemoveWhere(value => value % 2 == 0);

        Assert.Equal([false, false, true, false, true], new[] { 1, 2, 3, 4, 5 }.Select(key => table.TryGet(key, out _)));
    }
}
