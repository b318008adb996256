import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;

/** The compile stage of Scala: `CompileScala ENTRY SOURCE…`. */
final class CompileScala {
    private CompileScala() {}

    public static void main(String[] names) throws IOException {
        Files.createDirectories(MainClass.COMPILED);
        var options = Stream.of("-usejavacp", "-encoding", "utf-8", "-deprecation", "-d", MainClass.COMPILED.toString());
        var arguments = Stream.concat(options, Arrays.stream(names)).toArray(String[]::new);
        System.setOut(new PrintStream(System.err, true)); // standard output belongs to the program
        System.exit(scala.tools.nsc.Main.process(arguments) ? MainClass.choose(names[0]) : 1);
    }
}
