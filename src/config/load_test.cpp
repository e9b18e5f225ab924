// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace monster {
namespace {

// As it was published; it must load for ever, whatever becomes of the file in docs/.
constexpr std::string_view published_example = R"json({
    "export": {
        "tsv": {
            "enabled": 1
        },

        "kafka": {
            "enabled": 0,
            "servers": "localhost",
            "topic": "monster",
            "acks": "0",
            "codec": "lz4",
            "partition": -1,
            "retries": 3,
            "max_msg_queue": 1000000
        },

        "syslog": {
            "enabled": 0,
            "server": "localhost",
            "port": 514
        }
    },

    "trace_policy": {
        "process_image_name": {
            "include": [],
            "exclude": [
                "procexp64.exe",
                "taskmgr.exe",
                "dbgview.exe"
            ]
        },

        "file_path": {
            "include": [],
            "exclude": []
        },

        "file_ext": {
            "include": [],
            "exclude": []
        },

        "registry_key": {
            "include": [],
            "exclude": []
        },

        "net_target_ip": {
            "include": [],
            "exclude": []
        },

        "net_target_port": {
            "include": [],
            "exclude": []
        }
    }
}
)json";

class LoadConfig : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "config_test_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  std::string file(std::string_view name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  // The Error's words behind the path.
  static std::string refusal(const std::string& path) {
    const auto loaded = load_config(path, false);
    if (loaded)
      return "loaded";
    const std::string expected_start = "cannot read the configuration " + path + ": ";
    const std::string message = loaded.error().message();
    return message.starts_with(expected_start) ? message.substr(expected_start.size()) : message;
  }

  std::string directory_;
};

TEST_F(LoadConfig, PublishedExample_LoadsWithoutAnyComplaint) {
  const auto loaded = load_config(file("agent.json", published_example), true);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(loaded->diagnostics.empty());
  EXPECT_EQ(loaded->config.trace_policy.process_image_name.exclude,
            (std::vector<std::string>{"procexp64.exe", "taskmgr.exe", "dbgview.exe"}));
  EXPECT_EQ(loaded->config.exporters.kafka.acks, KafkaAcks::none);
}

TEST_F(LoadConfig, ExampleInDocs_IsThePublishedOne) {
  std::ifstream stream(MONSTER_EXAMPLES "/agent.json", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, published_example);
  const auto loaded = load_config(MONSTER_EXAMPLES "/agent.json", true);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(loaded->diagnostics.empty());
}

TEST_F(LoadConfig, Complaint_NamesTheFile) {
  const std::string name = file("x.json", "{\"policy\": 1}");
  const auto loaded = load_config(name, false);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_FALSE(loaded->ok());
  EXPECT_EQ(format_diagnostic(loaded->diagnostics.at(0)), name + ":1:12: policy: found 1, allowed: an object");
}

TEST_F(LoadConfig, MissingFile_IsError) { EXPECT_EQ(refusal(path("none.json")), "No such file or directory"); }

TEST_F(LoadConfig, Unreadable_IsError) {
  // Root may read every file, but nobody may look for one below a file.
  EXPECT_EQ(refusal(file("plain", "{}") + "/agent.json"), "Not a directory");
  if (::geteuid() != 0) {
    const std::string secret = file("secret.json", "{}");
    ASSERT_EQ(::chmod(secret.c_str(), 0), 0);
    EXPECT_EQ(refusal(secret), "Permission denied");
  }
}

TEST_F(LoadConfig, Directory_IsError) { EXPECT_EQ(refusal(directory_), "it is a directory, not a regular file"); }

TEST_F(LoadConfig, Fifo_IsErrorAndDoesNotWait) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(refusal(path("fifo")), "it is a FIFO, not a regular file");
}

TEST_F(LoadConfig, Device_IsError) { EXPECT_EQ(refusal("/dev/zero"), "it is a device, not a regular file"); }

TEST_F(LoadConfig, EmptyFile_IsError) {
  EXPECT_EQ(refusal(file("empty", "")), "it is empty; a configuration of defaults is {}");
}

TEST_F(LoadConfig, HundredMegabytes_IsErrorWithoutReading) {
  const std::string name = file("large", "{");
  std::filesystem::resize_file(name, 100'000'000);
  EXPECT_EQ(refusal(name), "it has 100000000 bytes; a configuration has at most 1048576");
}

TEST_F(LoadConfig, PathWithNul_IsError) {
  const std::string name = file("a", "{}") + std::string("\0x", 2);
  const auto loaded = load_config(name, false);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().reason, "the path holds a NUL byte");
}

TEST_F(LoadConfig, PathWithEscapes_IsPrintable) {
  const auto loaded = load_config(path("\x1b[2Jx"), false);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().object, directory_ + "/\\u001b[2Jx");
}

} // namespace
} // namespace monster
