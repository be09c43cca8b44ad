global using FsCheck;
global using FsCheck.Fluent;
global using HttpQuery.Protocol.Tests.Support;
global using HttpQuery.StructuredFields;
