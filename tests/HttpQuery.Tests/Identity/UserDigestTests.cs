using System.Security.Claims;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Identity;

/// <summary>The digest of a verified user: two users have the same only if everything about them is the same.</summary>
public sealed class UserDigestTests
{
    private static readonly IList<string> Credentials = ["Authorization", "X-Api-Key"];

    /// <summary>Users who differ in one thing each, and in some cases look alike when their parts run into one another.</summary>
    private static readonly Func<ClaimsPrincipal>[] Users =
    [
        () => new(Identity("a")),
        () => new(Identity("b")),
        () => new([Identity("a"), Identity("a")]),
        () => new([Identity("a"), Identity("b")]),
        () => new([Identity("b"), Identity("a")]),
        () => new(new ClaimsIdentity([new("x", "1")], "other")),
        () => new(new ClaimsIdentity([new("x", "1")], "t")),
        () => new(new ClaimsIdentity([new("x", "1")])),
        () => new(new ClaimsIdentity([new("x", "2")])),
        () => new(new ClaimsIdentity([new("x1", "")])),
        () => new(new ClaimsIdentity([new("x", "1"), new("x", "1")])),
        () => new(new ClaimsIdentity([new("x", "1", "integer")])),
        () => new(new ClaimsIdentity([new("x", "1", null, "issuer")])),
        () => new(new ClaimsIdentity([new("x", "1", null, "issuer", "original")])),
        () => new(new ClaimsIdentity([new("x", "1")], null, "x", null)),
        () => new(new ClaimsIdentity([new("x", "1")], null, null, "x")),
        () => new(new ClaimsIdentity([new("x", "1")]) { Label = "label" }),
        () => new(new ClaimsIdentity([new("x", "1")]) { BootstrapContext = "token" }),
        () => new(new ClaimsIdentity([new("x", "1")]) { BootstrapContext = "other" }),
        () => new(new ClaimsIdentity([new("x", "1")]) { Actor = Identity("a") }),
        () => new(new ClaimsIdentity([new("x", "1")]) { Actor = Identity("b") }),
        () => new(new ClaimsIdentity([new("x", "1")]) { Actor = new ClaimsIdentity([new("x", "1")]) { Actor = Identity("a") } }),
        () => new(new ClaimsIdentity([Claim(("p", "1"))])),
        () => new(new ClaimsIdentity([Claim(("p", "2"))])),
        () => new(new ClaimsIdentity([Claim(("q", "1"))])),
        () => new(new ClaimsIdentity([Claim(("p", "1"), ("q", "2"))])),

        // Halves of surrogate pairs, which encodings make equal.
        () => new(Identity("\uD800")),
        () => new(Identity("\uDC00")),
        () => new(Identity("\uFFFD")),

        // A claim made to look like the end of one identity and the start of another.
        () => new(new ClaimsIdentity([new("name", "c"), new("identity", "t"), new("name", "d")], "t")),
        () => new([new ClaimsIdentity([new("name", "c")], "t"), new ClaimsIdentity([new("name", "d")], "t")]),
    ];

    [Fact]
    public void Users_who_differ_in_anything_have_other_digests()
    {
        var digests = Users.Select(user => Convert.ToHexString(Of(user()))).ToArray();
        Assert.All(digests, digest => Assert.Equal(64, digest.Length));
        Assert.Empty(digests.Index().GroupBy(one => one.Item).Where(same => same.Count() > 1).Select(same => string.Join(" and ", same.Select(one => one.Index))));
        Assert.Equal(digests, Users.Select(user => Convert.ToHexString(Of(user()))));
    }

    [Fact]
    public void An_identity_with_claims_counts_though_it_is_not_authenticated() =>
        Assert.NotEmpty(Of(new(new ClaimsIdentity([new("scope", "read")]))));

    [Fact]
    public void An_empty_principal_is_no_user()
    {
        Assert.Empty(Of(new()));
        Assert.Empty(Of(new(new ClaimsIdentity())));
    }

    [Fact]
    public void A_credential_alone_is_no_user_and_counts_for_a_known_one()
    {
        Assert.Empty(Of(null, ("Authorization", "Bearer 1")));
        var user = new ClaimsPrincipal(Identity("a"));
        string?[] digests =
        [
            Convert.ToHexString(Of(user)),
            Convert.ToHexString(Of(user, ("Authorization", "1"))),
            Convert.ToHexString(Of(user, ("Authorization", "2"))),
            Convert.ToHexString(Of(user, ("Authorization", ""))),
            Convert.ToHexString(Of(user, ("X-Api-Key", "1"))),
            Convert.ToHexString(Of(user, ("Authorization", "1"), ("X-Api-Key", "1"))),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void The_same_value_in_another_header_is_another_credential() =>
        Assert.NotEqual(
            UserDigest.Create(Context(new(Identity("a")), ("X-Api-Key", "1")), ["X-Api-Key"]),
            UserDigest.Create(Context(new(Identity("a")), ("Authorization", "1")), ["Authorization"]));

    [Fact]
    public void Actors_without_end_are_cut_and_the_cut_counts()
    {
        ClaimsIdentity Nested(int depth) => depth == 0 ? Identity("a") : new ClaimsIdentity([new("x", "1")]) { Actor = Nested(depth - 1) };
        Assert.NotEqual(Of(new(Nested(15))), Of(new(Nested(16))));
        Assert.NotEmpty(Of(new(Nested(100))));
    }

    [Fact]
    public void A_user_whose_digest_leaves_something_out_is_not_certain()
    {
        ClaimsIdentity Nested(int depth, ClaimsIdentity last) => depth == 0 ? last : new ClaimsIdentity([new("x", "1")]) { Actor = Nested(depth - 1, last) };
        ClaimsPrincipal WithActors(int depth, string name) => new(Nested(depth, Identity(name)));
        Assert.True(IsCertain(WithActors(16, "a")));
        Assert.NotEqual(Of(WithActors(16, "a")), Of(WithActors(16, "b")));

        Assert.Equal(Of(WithActors(17, "a")), Of(WithActors(17, "b")));
        Assert.False(IsCertain(WithActors(17, "a")));
        Assert.False(IsCertain(new(Nested(1, new OwnIdentity()))));
        Assert.False(IsCertain(new(new ClaimsIdentity([new OwnClaim()]))));
        Assert.False(IsCertain(new(Nested(1, new([new OwnClaim()])))));

        bool IsCertain(ClaimsPrincipal user) => UserDigest.IsCertain(Context(user));
    }

    [Theory]
    [InlineData("jti", true)]
    [InlineData("iat", true)]
    [InlineData("exp", true)]
    [InlineData("sub", false)]
    public void Claims_that_change_with_each_token_are_known(string type, bool expected) =>
        Assert.Equal(expected, UserDigest.ChangesWithToken(Context(new(new ClaimsIdentity([new(type, "1")], "t")))));

    private static ClaimsIdentity Identity(string name) => new([new("name", name)], "t");

    private static Claim Claim(params (string Name, string Value)[] properties)
    {
        var claim = new Claim("x", "1");
        foreach (var (name, value) in properties) claim.Properties[name] = value;
        return claim;
    }

    private static byte[] Of(ClaimsPrincipal? user, params (string Name, string Value)[] headers) => UserDigest.Create(Context(user, headers), Credentials);

    private static DefaultHttpContext Context(ClaimsPrincipal? user, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        if (user is not null) context.User = user;
        foreach (var (name, value) in headers) context.Request.Headers[name] = value;
        return context;
    }

    private sealed class OwnIdentity() : ClaimsIdentity([new Claim("x", "1")], "t");

    private sealed class OwnClaim : Claim
    {
        public OwnClaim()
            : base("x", "1")
        {
        }

        private OwnClaim(OwnClaim other, ClaimsIdentity? subject)
            : base(other, subject)
        {
        }

        public override Claim Clone(ClaimsIdentity? identity) => new OwnClaim(this, identity);
    }
}
