namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Runs a property over random values; a failure prints the smallest one found and the seed.</summary>
internal static class RandomCases
{
    /// <summary>Checks that <paramref name="holds"/> for <see cref="TestScale.Cases"/> values.</summary>
    public static void AllHold<T>(Gen<T> values, Func<T, bool> holds) =>
        Prop.ForAll(values.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));
}
