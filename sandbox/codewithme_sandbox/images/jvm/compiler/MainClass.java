import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the class to start among those that were compiled, and writes its name where the run stage reads it: a file of
 * options for the `java` command. Looks at the class files themselves, as names are told by neither file nor package.
 */
final class MainClass {
    static final Path COMPILED = Path.of("/code/.compiled");
    private static final Path OPTIONS = COMPILED.resolve(".main");
    private static final int PUBLIC_STATIC = 0x0001 | 0x0008;

    private record Compiled(String name, String sourceFile, boolean hasMain) {}

    private MainClass() {}

    /** Returns the exit code of the compile stage: 0, or 1 if nothing in the entry can be started. */
    static int choose(String entry) throws IOException {
        Path file = Path.of(entry).getFileName();
        String stem = file.toString().replaceFirst("\\.[^.]*$", "");
        Optional<Compiled> chosen = compiled().stream()
            .filter(type -> type.hasMain() && file.toString().equals(type.sourceFile()))
            .min(Comparator.comparing((Compiled type) -> !simpleName(type).equalsIgnoreCase(stem))
                .thenComparing(type -> !simpleName(type).equals("Main"))
                .thenComparing(Compiled::name));
        if (chosen.isEmpty()) {
            System.err.println(entry + ": error: there is no main method to start");
            return 1;
        }
        Files.writeString(OPTIONS, chosen.get().name() + "\n");
        return 0;
    }

    private static String simpleName(Compiled type) {
        return type.name().substring(type.name().lastIndexOf('.') + 1);
    }

    private static List<Compiled> compiled() throws IOException {
        try (var paths = Files.walk(COMPILED)) {
            return paths.filter(path -> path.toString().endsWith(".class")).map(MainClass::read).toList();
        }
    }

    /** Reads a class file as far as its name, its methods and the name of its source (JVMS, chapter 4). */
    private static Compiled read(Path path) {
        try (var in = new DataInputStream(Files.newInputStream(path))) {
            in.skipNBytes(8); // magic number and version
            Object[] constants = constants(in);
            in.skipNBytes(2); // access flags
            String name = ((String) constants[(Integer) constants[in.readUnsignedShort()]]).replace('/', '.');
            in.skipNBytes(2); // superclass
            in.skipNBytes(2L * in.readUnsignedShort()); // interfaces
            hasMain(in, constants); // fields look the same, and none has that type
            boolean hasMain = hasMain(in, constants);
            return new Compiled(name, sourceFile(in, constants), hasMain);
        } catch (IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }

    /** Texts, and of classes the place of their name; other constants are left out. */
    private static Object[] constants(DataInputStream in) throws IOException {
        Object[] constants = new Object[in.readUnsignedShort()];
        for (int i = 1; i < constants.length; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> constants[i] = in.readUTF();
                case 7 -> constants[i] = in.readUnsignedShort();
                case 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++; // long and double take two places
                }
                default -> in.skipNBytes(4);
            }
        }
        return constants;
    }

    private static boolean hasMain(DataInputStream in, Object[] constants) throws IOException {
        boolean isFound = false;
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            int flags = in.readUnsignedShort();
            Object name = constants[in.readUnsignedShort()];
            Object type = constants[in.readUnsignedShort()];
            isFound |= (flags & PUBLIC_STATIC) == PUBLIC_STATIC && "main".equals(name)
                && "([Ljava/lang/String;)V".equals(type);
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                in.skipNBytes(2);
                in.skipNBytes(Integer.toUnsignedLong(in.readInt()));
            }
        }
        return isFound;
    }

    private static String sourceFile(DataInputStream in, Object[] constants) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            Object name = constants[in.readUnsignedShort()];
            long length = Integer.toUnsignedLong(in.readInt());
            if ("SourceFile".equals(name)) {
                return (String) constants[in.readUnsignedShort()];
            }
            in.skipNBytes(length);
        }
        return null;
    }
}
