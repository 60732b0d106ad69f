import { readFileSync } from "node:fs";
import { slug } from "github-slugger";
import { defineConfig } from "vitepress";

/** The contents of the manual are its sidebar: a heading is a group, a list entry a page. */
function sidebar() {
    const contents = readFileSync(new URL("../../docs/README.md", import.meta.url), "utf8");
    const groups = [];
    for (const line of contents.split("\n")) {
        const heading = /^## (.+)$/.exec(line);
        const entry = /^- \[(.+?)\]\((.+?)\.md\)/.exec(line);
        if (heading) {
            groups.push({ text: heading[1], items: [] });
        } else if (entry) {
            const link = new URL(entry[2], "file:///docs/").pathname;
            groups.at(-1).items.push({ text: entry[1], link });
        }
    }
    return groups;
}

const api = process.env.HAWSER_SITE_API ? [{ text: "API", link: "/api/index.html", target: "_self" }] : [];

export default defineConfig({
    title: "Hawser",
    description: "Stateful, secure connections for games in Java",
    lang: "en",
    srcDir: "target/pages",
    outDir: "target/site",
    cacheDir: "target/cache",
    head: [["link", { rel: "icon", href: "/logo.svg" }]],
    markdown: {
        // The anchors of a code host, so that a link to a heading is right on both.
        anchor: { slugify: slug },
        languageAlias: { haproxy: "nginx" },
    },
    // Nobody but the reader's own machine serves these.
    ignoreDeadLinks: "localhostLinks",
    themeConfig: {
        logo: "/logo.svg",
        nav: [
            { text: "Quickstart", link: "/docs/quickstart" },
            { text: "Manual", link: "/docs/README" },
            ...api,
        ],
        sidebar: sidebar(),
        outline: [2, 3],
        search: { provider: "local" },
        docFooter: { prev: "Before", next: "Next" },
    },
});
