import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** The compile stage of Java: `CompileJava ENTRY SOURCE…`. */
final class CompileJava {
    private CompileJava() {}

    public static void main(String[] names) throws IOException {
        Files.createDirectories(MainClass.COMPILED);
        System.exit(compiles(names) ? MainClass.choose(names[0]) : 1);
    }

    private static boolean compiles(String[] names) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<JavaFileObject> sources = new ArrayList<>();
            manager.getJavaFileObjects(names).forEach(source -> sources.add(new AnyName(source)));
            var options = List.of("-d", MainClass.COMPILED.toString(), "-proc:none", "-g:source,lines");
            var messages = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
            return compiler.getTask(messages, manager, null, options, null, sources).call();
        }
    }

    /** A source that may hold a public class of another name, since not everybody calls the file Main.java. */
    private static final class AnyName extends ForwardingJavaFileObject<JavaFileObject> {
        AnyName(JavaFileObject source) {
            super(source);
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return true;
        }
    }
}
