package dev.hawser.testkit.vectors;

import java.util.List;

/// What [Conformance] found in a file of vectors.
///
/// @param sections those that were verified, in the order of the format
/// @param missing the sections of the format that the file does not have
/// @param unknown what the file has beside the sections of the format; nothing in it was verified
public record ConformanceReport(
        List<Section> sections, List<String> missing, List<String> unknown) {
    /// Copies the lists.
    public ConformanceReport {
        sections = List.copyOf(sections);
        missing = List.copyOf(missing);
        unknown = List.copyOf(unknown);
    }

    /// {@return whether there was something to verify, and all of it was right}
    public boolean hasPassed() {
        return sections.stream().anyMatch(section -> section.total() > 0)
                && sections.stream().allMatch(section -> section.failures().isEmpty());
    }

    /// One section of the file.
    ///
    /// @param name as in the file
    /// @param total how many cases it has
    /// @param failures the cases that failed, and what is wrong with the section as a whole
    public record Section(String name, int total, List<Failure> failures) {
        /// Copies the list.
        public Section {
            failures = List.copyOf(failures);
        }

        /// {@return how many cases are right}
        public int passed() {
            long failed =
                    failures.stream()
                            .mapToInt(Failure::index)
                            .filter(index -> index != Failure.WHOLE_SECTION)
                            .distinct()
                            .count();
            return total - (int) failed;
        }

        /// {@return for example `packets 144/144`}
        @Override
        public String toString() {
            return name + " " + passed() + "/" + total;
        }
    }

    /// A case that failed.
    ///
    /// @param index its place in its section, from 0; [#WHOLE_SECTION] where the section itself is
    ///   not what it should be
    /// @param difference what differs, on one line
    public record Failure(int index, String difference) {
        /// The index of what is wrong with a section as a whole.
        public static final int WHOLE_SECTION = -1;
    }
}
