import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/** What programs in interviews do; compiled once while the image is built. */
public class Train {
    sealed interface Shape permits Circle, Square {}
    record Circle(double radius) implements Shape {}
    record Square(double side) implements Shape {}
    enum Colour { RED, GREEN }

    static <T extends Comparable<T>> T largest(List<T> items) {
        return items.stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    static double area(Shape shape) {
        return switch (shape) {
            case Circle circle -> Math.PI * circle.radius() * circle.radius();
            case Square square -> square.side() * square.side();
        };
    }

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        Map<String, List<Integer>> groups = new HashMap<>();
        while (in.hasNextInt()) {
            int number = in.nextInt();
            groups.computeIfAbsent(number % 2 == 0 ? "even" : "odd", key -> new ArrayList<>()).add(number);
        }
        Function<Integer, String> text = number -> "<" + number + ">";
        System.out.println(groups.values().stream().flatMap(List::stream).sorted().map(text).collect(Collectors.joining(" ")));
        System.out.printf("%.2f %s %s%n", area(new Circle(1)), largest(List.of(1, 2)), Colour.RED);
        try {
            throw new IllegalStateException("no");
        } catch (IllegalStateException error) {
            System.out.println(error.getMessage());
        }
    }
}
