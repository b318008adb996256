import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** The compile stage of Kotlin: `CompileKotlin ENTRY SOURCE…`. */
final class CompileKotlin {
    private static final String LIBRARIES = "/opt/kotlin/kotlin-stdlib.jar:/opt/kotlin/kotlinx-coroutines-core-jvm.jar";

    private CompileKotlin() {}

    public static void main(String[] names) throws IOException {
        var options = Stream.of("-no-stdlib", "-no-reflect", "-cp", LIBRARIES, "-d", MainClass.COMPILED.toString());
        var arguments = Stream.concat(options, Arrays.stream(names)).toArray(String[]::new);
        ExitCode code = new K2JVMCompiler().exec(System.err, arguments);
        System.exit(code == ExitCode.OK ? MainClass.choose(names[0]) : 1);
    }
}
