// SPDX-License-Identifier: Apache-2.0
// Names that are hard to write down.
#include "life.hpp"

#include <unistd.h>

namespace monster::e2e {

namespace {

void write_under(Life& life, std::string_view stem) {
  Handle file(life, life.path(stem), O_CREAT | O_WRONLY);
  file.write(life.size());
  file.close();
}

void with_space(Life& life) { write_under(life, " two  words "); }
void with_tab(Life& life) { write_under(life, "a\tb"); }
void with_newline(Life& life) { write_under(life, "a\nb\r\n2500\tfile_block"); }
void with_backslash(Life& life) { write_under(life, "a\\N\\tb\\"); }
void with_quotes(Life& life) { write_under(life, R"("a'b{"path":1})"); }
void with_unicode(Life& life) { write_under(life, "\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x91\xbe"); }
void with_bad_utf8(Life& life) { write_under(life, "\xff\xfe \xc3( \xed\xa0\x80 \xf8"); }
void with_replacement(Life& life) { write_under(life, "\xef\xbf\xbd"); } // a real U+FFFD needs no `raw`
void with_control(Life& life) { write_under(life, "\x1b[31m\x01\x7f"); }

void longest_name(Life& life) {
  const std::string shortest = life.path("");
  const std::size_t used = shortest.size() - shortest.rfind('/') - 1;
  write_under(life, std::string(255 - used, 'n'));
}

void bad_utf8_renamed(Life& life) {
  const std::string to = life.path("to \xff");
  const std::string from = life.path("from \xfe");
  Handle file(life, from, O_CREAT | O_WRONLY);
  file.write(life.size());
  Act act(life, "rename", from);
  must(rename(from.c_str(), to.c_str()), "rename");
  act.moved_to(to);
  act.optional().done();
  life.renamed(from, to, file.identity());
  file.close();
}

// 40 components, longer than any inline path of the kernel side.
void deep(Life& life) {
  std::string path = life.path("deep");
  make_directory(life, path);
  for (int level = 0; level < 39; ++level) {
    path += "/level_" + std::to_string(level);
    make_directory(life, path);
  }
  Handle file(life, path + "/file", O_CREAT | O_WRONLY);
  file.write(life.size());
  file.close();
}

// About 3,500 bytes: near the longest that an absolute path can have.
void longest_path(Life& life) {
  std::string path = life.path("long");
  make_directory(life, path);
  while (path.size() < 3300) {
    path += '/' + std::string(200, 'p');
    make_directory(life, path);
  }
  Handle file(life, path + "/file", O_CREAT | O_RDWR);
  file.write(life.size());
  file.close();
}

constexpr Kind kinds[] = {
    {"with_space", with_space},
    {"with_tab", with_tab},
    {"with_newline", with_newline},
    {"with_backslash", with_backslash},
    {"with_quotes", with_quotes},
    {"with_unicode", with_unicode},
    {"with_bad_utf8", with_bad_utf8},
    {"with_replacement", with_replacement},
    {"with_control", with_control},
    {"longest_name", longest_name},
    {"bad_utf8_renamed", bad_utf8_renamed},
    {"deep", deep},
    {"longest_path", longest_path},
};

} // namespace

std::span<const Kind> name_kinds() { return kinds; }

} // namespace monster::e2e
