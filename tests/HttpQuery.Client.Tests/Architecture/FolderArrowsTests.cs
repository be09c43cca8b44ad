using HttpQuery.Tests.Architecture;

namespace HttpQuery.Client.Tests.Architecture;

/// <summary>The arrows between the folders of HttpQuery.Client.</summary>
public class FolderArrowsTests() : FolderArrowsContract(
    "HttpQuery.Client",
    [
        ". -> Http",
        ". -> Json",
        ". -> PrivateCache",
        "Json -> Http",
        "Json -> ResponseBody",
        "PrivateCache -> Diagnostics",
        "PrivateCache -> Http",
        "PrivateCache -> Replay",
        "PrivateCache -> RequestBody",
        "PrivateCache -> ResponseBody",
        "Replay -> RequestBody",
        "ResponseBody -> Http",
    ]);
