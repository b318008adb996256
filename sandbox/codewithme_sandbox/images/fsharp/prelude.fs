// The part of .NET's console, and of F#'s printing, that Fable leaves to the browser's. Compiled before every program.
namespace System

open Fable.Core

module internal Terminal =
    [<Emit("globalThis.__codewithme.write($0)")>]
    let write (text: string) : unit = jsNative
    [<Emit("globalThis.__codewithme.error($0)")>]
    let error (text: string) : unit = jsNative
    [<Emit("globalThis.__codewithme.readLine()")>]
    let readLine () : string = jsNative
    [<Emit("globalThis.__codewithme.readToEnd()")>]
    let readToEnd () : string = jsNative
    [<Emit("globalThis.__codewithme.exit($0)")>]
    let exit (code: int) : 'a = jsNative

type ConsoleReader() =
    member _.ReadLine() : string = Terminal.readLine ()
    member _.ReadToEnd() : string = Terminal.readToEnd ()

type ConsoleWriter(write: string -> unit) =
    member _.Write(value: obj) : unit = write (string value)
    member _.WriteLine(value: obj) : unit = write (string value + "\n")
    member _.WriteLine() : unit = write "\n"
    member _.Flush() : unit = ()

type Console private () =
    static let input = ConsoleReader()
    static let output = ConsoleWriter(Terminal.write)
    static let errors = ConsoleWriter(Terminal.error)
    static member In = input
    static member Out = output
    static member Error = errors
    static member ReadLine() : string = Terminal.readLine ()
    static member Write(value: obj) : unit = Terminal.write (string value)
    static member WriteLine() : unit = Terminal.write "\n"
    static member WriteLine(value: obj) : unit = Terminal.write (string value + "\n")
    static member WriteLine(format: string, [<ParamArray>] values: obj[]) : unit =
        Terminal.write (System.String.Format(format, values) + "\n")
    static member Write(format: string, [<ParamArray>] values: obj[]) : unit =
        Terminal.write (System.String.Format(format, values))

namespace global

open System
open Fable.Core

[<AutoOpen>]
module ConsolePrelude =
    let stdin = ConsoleReader()
    let stdout = ConsoleWriter(Terminal.write)
    let stderr = ConsoleWriter(Terminal.error)
    let exit (code: int) : 'a = Terminal.exit code
    // A format without holes is a string; one with holes is a function that wants to know where its text goes.
    [<Emit("(typeof $0 === 'string' ? globalThis.__codewithme.write($0) : $0.cont(globalThis.__codewithme.write))")>]
    let printf (format: Printf.TextWriterFormat<'a>) : 'a = jsNative
    [<Emit("(typeof $0 === 'string' ? globalThis.__codewithme.writeLine($0) : $0.cont(globalThis.__codewithme.writeLine))")>]
    let printfn (format: Printf.TextWriterFormat<'a>) : 'a = jsNative
    [<Emit("(typeof $0 === 'string' ? globalThis.__codewithme.error($0) : $0.cont(globalThis.__codewithme.error))")>]
    let eprintf (format: Printf.TextWriterFormat<'a>) : 'a = jsNative
    [<Emit("(typeof $0 === 'string' ? globalThis.__codewithme.errorLine($0) : $0.cont(globalThis.__codewithme.errorLine))")>]
    let eprintfn (format: Printf.TextWriterFormat<'a>) : 'a = jsNative
