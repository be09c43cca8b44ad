namespace HttpQuery;

/// <summary>Why a redirect was not followed. The caller gets the redirect response itself.</summary>
public enum QueryRedirectRefusal
{
    /// <summary>It would exceed <see cref="QueryRedirectOptions.MaximumCount"/>.</summary>
    TooMany,

    /// <summary>The request was already sent to this URI with this method, and no cookie was set since.</summary>
    Loop,

    /// <summary>The <c>Location</c> is not one <c>http</c> or <c>https</c> URI, is longer than 16 KiB, or contains user
    /// information.</summary>
    InvalidLocation,

    /// <summary>It leads from <c>https</c> to <c>http</c>.</summary>
    InsecureTarget,

    /// <summary>It leads to another origin, and the request has content. <see cref="QueryRedirectOptions.AllowContentToOtherOrigins"/>
    /// allows it, unless the content itself has a credential header.</summary>
    ContentToOtherOrigin,

    /// <summary>It leads to another origin, and the primary handler would answer a challenge of that origin with its
    /// <c>Credentials</c>. In a <see cref="System.Net.CredentialCache"/>, credentials have the URIs that they are for.</summary>
    PrimaryHandlerCredentials,
}
