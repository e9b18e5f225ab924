// SPDX-License-Identifier: Apache-2.0
// For tests: a directory tree of their own, removed at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace monster {

class MadeUpRoot {
public:
  MadeUpRoot() {
    std::string name = (std::filesystem::temp_directory_path() / "monster-host-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) != nullptr ? name : std::string("/nonexistent");
  }
  MadeUpRoot(const MadeUpRoot&) = delete;
  MadeUpRoot& operator=(const MadeUpRoot&) = delete;
  ~MadeUpRoot() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string at(std::string_view relative) const { return path_ + "/" + std::string(relative); }
  // Replaces the file (a new inode), as package managers do.
  void write(std::string_view relative, std::string_view text) const {
    const std::string file = at(relative);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file + ".new", std::ios::binary) << text;
    std::filesystem::rename(file + ".new", file);
  }
  void link(std::string_view relative, std::string_view target) const {
    std::filesystem::create_directories(std::filesystem::path(at(relative)).parent_path());
    std::filesystem::create_symlink(target, at(relative));
  }

private:
  std::string path_;
};

} // namespace monster
