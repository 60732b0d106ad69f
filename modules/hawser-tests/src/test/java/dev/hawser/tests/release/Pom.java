package dev.hawser.tests.release;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// An element of a POM, the whole one at first.
record Pom(Element element) {
    /// @throws IllegalArgumentException when it is no XML
    static Pom parse(String name, byte[] xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return new Pom(
                    factory.newDocumentBuilder()
                            .parse(new ByteArrayInputStream(xml))
                            .getDocumentElement());
        } catch (SAXException | ParserConfigurationException | IOException e) {
            throw new IllegalArgumentException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// {@return the text of the first element at a path of names, empty without one}
    String text(String... path) {
        List<Pom> found = all(path);
        return found.isEmpty() ? "" : found.getFirst().element.getTextContent().strip();
    }

    /// {@return every element at a path of names}
    List<Pom> all(String... path) {
        List<Pom> found = List.of(this);
        for (String name : path) {
            List<Pom> inside = new ArrayList<>();
            for (Pom one : found) {
                for (Node node = one.element.getFirstChild();
                        node != null;
                        node = node.getNextSibling()) {
                    if (node instanceof Element child && child.getTagName().equals(name)) {
                        inside.add(new Pom(child));
                    }
                }
            }
            found = inside;
        }
        return found;
    }
}
