global using FsCheck;
global using FsCheck.Fluent;
global using HttpQuery.Caching.Tests.Support;
global using HttpQuery.Protocol.Tests.Support;
global using Microsoft.Extensions.Primitives;
global using Microsoft.Extensions.Time.Testing;
