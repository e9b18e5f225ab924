// SPDX-License-Identifier: Apache-2.0
// The one list of exporters. Adding one: its folder, its name in this list, its test.
#pragma once

#include "export/exporter.hpp"
#include "export/tsv/tsv_exporter.hpp"

#include <array>
#include <optional>
#include <tuple>
#include <utility>

namespace monster {

// Each E has: `static constexpr std::string_view kind`, `Options`, and
// `static Result<std::unique_ptr<E>> make(const Options&, const ExportContext&)`.
template <class... E> struct ExporterList {
  // An exporter without options is not used.
  using Options = std::tuple<std::optional<typename E::Options>...>;
  static constexpr std::array<std::string_view, sizeof...(E)> kinds{E::kind...};

  // In the order of the list; the first that cannot be made ends it.
  [[nodiscard]] static Result<std::vector<std::unique_ptr<Exporter>>> make(const Options& options,
                                                                           const ExportContext& context) {
    std::vector<std::unique_ptr<Exporter>> made;
    std::optional<Error> error;
    (add<E>(std::get<std::optional<typename E::Options>>(options), context, made, error), ...);
    if (error)
      return fail(*std::move(error));
    return made;
  }

private:
  template <class One>
  static void add(const std::optional<typename One::Options>& options, const ExportContext& context,
                  std::vector<std::unique_ptr<Exporter>>& made, std::optional<Error>& error) {
    if (!options || error)
      return;
    auto exporter = One::make(*options, context);
    if (exporter)
      made.push_back(std::move(*exporter));
    else
      error = std::move(exporter.error());
  }
};

using Exporters = ExporterList<TsvExporter>;

} // namespace monster
