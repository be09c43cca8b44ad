using HttpQuery.Tests.Architecture;

namespace HttpQuery.Client.Tests.Architecture;

/// <summary>The arrows between the folders of HttpQuery.Client.</summary>
public class FolderArrowsTests() : FolderArrowsContract(
    "HttpQuery.Client",
    [
        ". -> Configuration",
        ". -> Diagnostics",
        ". -> Http",
        ". -> Json",
        ". -> PrivateCache",
        ". -> Redirection",
        ". -> Replay",
        "Json -> Http",
        "Json -> Problems",
        "Json -> ResponseBody",
        "PrivateCache -> Configuration",
        "PrivateCache -> Diagnostics",
        "PrivateCache -> Http",
        "PrivateCache -> Replay",
        "PrivateCache -> RequestBody",
        "PrivateCache -> ResponseBody",
        "Problems -> Diagnostics",
        "Redirection -> Diagnostics",
        "Redirection -> Http",
        "Redirection -> Replay",
        "Replay -> Diagnostics",
        "Replay -> RequestBody",
        "ResponseBody -> Http",
    ]);
